/** Tells a replica where the simulated network is. No setting of the operator, hence without its prefix. */
export const networkVariable = 'SIMULATED_NETWORK_URL'
