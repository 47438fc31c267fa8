import { randomBytes } from 'node:crypto'

/** As `openssl rand -base64 32` makes one. */
export const randomSecret = (): string => randomBytes(32).toString('base64')
