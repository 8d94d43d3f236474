/** Tells a replica where the simulated network is. No setting of the operator, hence without its prefix. */
export const networkVariable = 'SIMULATED_NETWORK_URL'
/** Tells it which cloud it is for: the name of a provider. */
export const cloudVariable = 'SIMULATED_CLOUD'
