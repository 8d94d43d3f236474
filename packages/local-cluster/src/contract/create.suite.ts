import { describe, expect, it } from 'vitest'

import { objectOf, refusal, widget, widgetGroup, widgetsPath } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

export function describeCreate(context: () => ContractContext): void {
  describe('create', () => {
    it('answers 201 with uid, resourceVersion, generation 1, a time of whole seconds and defaults', async () => {
      const { client, widgets, namespace } = context()
      const answer = await client.call('POST', widgets, widget('made', { size: 2, parts: [{ id: 'a' }] }))
      expect(answer.status).toBe(201)
      expect(answer.body).toMatchObject({
        apiVersion: `${widgetGroup}/v1`,
        kind: 'Widget',
        metadata: {
          name: 'made',
          namespace,
          uid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u),
          resourceVersion: expect.stringMatching(/^\d+$/u),
          generation: 1,
          creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
        },
        spec: { size: 2, color: 'Red', parts: [{ id: 'a', weight: 1 }] },
      })
    })

    it('drops what the client says of status, uid and generation', async () => {
      const { client, widgets } = context()
      const given = { ...widget('foreign', { size: 1 }, { uid: 'mine', generation: 7 }), status: { phase: 'Done' } }
      const made = objectOf(await client.call('POST', widgets, given))
      expect(made['status']).toBeUndefined()
      expect(made.metadata.uid).not.toBe('mine')
      expect(made.metadata.generation).toBe(1)
    })

    it('makes a name from generateName', async () => {
      const { client, widgets } = context()
      const body = { ...widget(''), metadata: { generateName: 'some-' } }
      const { metadata } = objectOf(await client.call('POST', widgets, body))
      expect(metadata).toMatchObject({
        name: expect.stringMatching(/^some-[bcdfghjklmnpqrstvwxz2456789]{5}$/u),
        generateName: 'some-',
      })
    })

    it('refuses a name that is taken: 409 AlreadyExists', async () => {
      const { client, widgets } = context()
      await client.call('POST', widgets, widget('taken'))
      expect(await client.call('POST', widgets, widget('taken'))).toMatchObject(
        refusal(409, 'AlreadyExists', {
          message: `widgets.${widgetGroup} "taken" already exists`,
          details: { name: 'taken', group: widgetGroup, kind: 'widgets' },
        }),
      )
    })

    it('names every wrong field: 422 Invalid with causes', async () => {
      const { client, widgets } = context()
      const wrong = { size: 30, color: 'Blue', name: 'NO', tags: ['', 'b'], parts: [{}] }
      expect(await client.call('POST', widgets, widget('wrong', wrong))).toMatchObject(
        refusal(422, 'Invalid', {
          message: expect.stringMatching(new RegExp(`^Widget.${widgetGroup} "wrong" is invalid: \\[`, 'u')),
          details: {
            name: 'wrong',
            group: widgetGroup,
            kind: 'Widget',
            causes: expect.arrayContaining([
              {
                reason: 'FieldValueInvalid',
                field: 'spec.size',
                message: 'Invalid value: 30: spec.size in body should be less than or equal to 10',
              },
              {
                reason: 'FieldValueNotSupported',
                field: 'spec.color',
                message: 'Unsupported value: "Blue": supported values: "Red", "Green"',
              },
              {
                reason: 'FieldValueInvalid',
                field: 'spec.name',
                message: `Invalid value: "NO": spec.name in body should match '^[a-z]+$'`,
              },
              {
                reason: 'FieldValueInvalid',
                field: 'spec.tags[0]',
                message: 'Invalid value: "": spec.tags[0] in body should be at least 1 chars long',
              },
              { reason: 'FieldValueRequired', field: 'spec.parts[0].id', message: 'Required value' },
            ]),
          },
        }),
      )
    })

    it.each([
      ['a required field', {}, 'spec.size', 'FieldValueRequired', 'Required value'],
      [
        'a wrong type',
        { size: 'big' },
        'spec.size',
        'FieldValueTypeInvalid',
        'Invalid value: "string": spec.size in body must be of type integer: "string"',
      ],
      [
        'a long text',
        { size: 1, name: 'abcdefghi' },
        'spec.name',
        'FieldValueTooLong',
        'Too long: may not be more than 8 bytes',
      ],
      [
        'a long list',
        { size: 1, tags: ['a', 'b', 'c', 'd'] },
        'spec.tags',
        'FieldValueTooMany',
        'Too many: 4: must have at most 3 items',
      ],
    ])('refuses %s', async (_title, spec, field, reason, message) => {
      const { client, widgets } = context()
      expect(await client.call('POST', widgets, widget('wrong', spec))).toMatchObject(
        refusal(422, 'Invalid', { details: { causes: expect.arrayContaining([{ reason, field, message }]) } }),
      )
    })

    it('drops a null that is not nullable, keeps one that is', async () => {
      const { client, widgets } = context()
      const made = await client.call('POST', widgets, widget('null', { size: 1, color: null, nothing: null }))
      expect(objectOf(made).spec).toEqual({ size: 1, color: 'Red', nothing: null })
    })

    it('refuses a name that is no DNS subdomain, and none at all', async () => {
      const { client, widgets } = context()
      expect(await client.call('POST', widgets, widget('Not_A_Name'))).toMatchObject(
        refusal(422, 'Invalid', {
          details: { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] },
        }),
      )
      const nameless = { ...widget(''), metadata: {} }
      expect(await client.call('POST', widgets, nameless)).toMatchObject(
        refusal(422, 'Invalid', {
          message: `Widget.${widgetGroup} "" is invalid: metadata.name: Required value: name or generateName is required`,
        }),
      )
    })

    it('refuses a label that is no label value', async () => {
      const { client, widgets } = context()
      const labelled = widget('labelled', { size: 1 }, { labels: { a: 'not a value' } })
      expect(await client.call('POST', widgets, labelled)).toMatchObject(
        refusal(422, 'Invalid', { details: { causes: [{ field: 'metadata.labels' }] } }),
      )
    })

    it('drops unknown fields and warns', async () => {
      const { client, widgets } = context()
      const answer = await client.call(
        'POST',
        widgets,
        widget('pruned', { size: 1, bogus: 1, parts: [{ id: 'a', no: 1 }] }),
      )
      expect(objectOf(answer).spec).toEqual({ size: 1, color: 'Red', parts: [{ id: 'a', weight: 1 }] })
      expect(answer.headers.get('warning')).toBe(
        '299 - "unknown field \\"spec.bogus\\"", 299 - "unknown field \\"spec.parts[0].no\\""',
      )
    })

    it('refuses unknown fields with fieldValidation=Strict, says nothing with Ignore', async () => {
      const { client, widgets } = context()
      const body = widget('strict', { size: 1, bogus: 1 })
      expect(await client.call('POST', `${widgets}?fieldValidation=Strict`, body)).toMatchObject(
        refusal(400, 'BadRequest', {
          message:
            'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.bogus"',
        }),
      )
      const ignored = await client.call('POST', `${widgets}?fieldValidation=Ignore`, body)
      expect(ignored.status).toBe(201)
      expect(ignored.headers.get('warning')).toBeUndefined()
    })

    it('refuses what is no JSON, another version, another namespace: 400; another kind: 422', async () => {
      const { client, widgets } = context()
      expect(await client.call('POST', widgets, '{')).toMatchObject(refusal(400, 'BadRequest'))
      const version = { ...widget('x'), apiVersion: 'v9' }
      expect(await client.call('POST', widgets, version)).toMatchObject(refusal(400, 'BadRequest'))
      const kind = { ...widget('x'), kind: 'Gadget' }
      expect(await client.call('POST', widgets, kind)).toMatchObject(
        refusal(422, 'Invalid', {
          message: `Gadget.${widgetGroup} "x" is invalid: kind: Invalid value: "Gadget": must be Widget`,
        }),
      )
      expect(await client.call('POST', '/api/v1/nodes', { ...kind, apiVersion: 'v1' })).toMatchObject(
        refusal(400, 'BadRequest', {
          message: expect.stringMatching(/^Gadget in version "v1" cannot be handled as a Node: no kind "Gadget" is /u),
        }),
      )
      const elsewhere = widget('x', { size: 1 }, { namespace: 'default' })
      expect(await client.call('POST', widgets, elsewhere)).toMatchObject(
        refusal(400, 'BadRequest', {
          message: 'the namespace of the provided object does not match the namespace sent on the request',
        }),
      )
    })

    it('refuses a resourceVersion', async () => {
      const { client, widgets } = context()
      const body = widget('versioned', { size: 1 }, { resourceVersion: '5' })
      const answer = await client.call('POST', widgets, body)
      expect(answer).toMatchObject({ body: { message: 'resourceVersion should not be set on objects to be created' } })
    })

    it('refuses a media type that is not known: 415', async () => {
      const { client, widgets } = context()
      expect(await client.call('POST', widgets, 'x', { contentType: 'text/plain' })).toMatchObject(
        refusal(415, 'UnsupportedMediaType'),
      )
    })

    it('refuses a namespace that does not exist: 404', async () => {
      const { client } = context()
      expect(await client.call('POST', widgetsPath('nowhere'), widget('x'))).toMatchObject(
        refusal(404, 'NotFound', { message: 'namespaces "nowhere" not found', details: { kind: 'namespaces' } }),
      )
    })

    it('stores nothing with dryRun=All', async () => {
      const { client, widgets } = context()
      const answer = await client.call('POST', `${widgets}?dryRun=All`, widget('dry'))
      expect(answer.status).toBe(201)
      expect(await client.call('GET', `${widgets}/dry`)).toMatchObject(refusal(404, 'NotFound'))
    })
  })
}
