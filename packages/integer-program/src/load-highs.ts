import * as highs from 'highs'
import type { Highs } from 'highs'

type Loader = () => Promise<Highs>

const isLoader = (value: unknown): value is Loader => typeof value === 'function'

/**
 * A solver of its own. The types of `highs` describe its CommonJS form, where the loader lies one `default` deeper than in
 * the ECMAScript module that Node.js loads, so what is there is looked at.
 */
export async function loadHighs(): Promise<Highs> {
  const loader: unknown = highs.default
  if (!isLoader(loader)) throw new TypeError('highs exports no loader')
  return loader()
}
