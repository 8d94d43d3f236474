/** The Secret as YAML, ready for `kubectl apply -f`. Values stand in `data`, in Base64, where nothing needs quoting. */
export function secretManifest(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  refreshToken: string,
): string {
  return [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${name}`,
    `  namespace: ${namespace}`,
    'type: Opaque',
    'data:',
    `  refreshToken: ${Buffer.from(refreshToken, 'utf8').toString('base64')}`,
    '',
  ].join('\n')
}
