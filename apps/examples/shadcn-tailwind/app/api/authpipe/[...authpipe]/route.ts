import { authpipe } from '@/lib/authpipe'

export const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers
