/** The key of the list of all connections, which buttons read. */
export const connectionListKey = ['authpipe', 'connections', {}] as const

/** The key of the registered providers. */
export const providersKey = ['authpipe', 'providers'] as const
