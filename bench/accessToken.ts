/** The access token of every connection and of every answer: as long as a signed one. */
export const accessToken: string = 'dal:'.padEnd(600, 'A420qcNvdVS4cRMJP269GfgT1LA')
