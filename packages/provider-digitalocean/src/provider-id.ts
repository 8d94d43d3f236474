/** The Droplet's identifier in a `providerID` as DigitalOcean's cloud controller writes it. */
export function dropletOf(providerID: string): string | undefined {
  return /^digitalocean:\/\/([1-9]\d{0,14})$/.exec(providerID)?.[1]
}
