import { authpipe } from '../../../../authpipe.ts'

export const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers
