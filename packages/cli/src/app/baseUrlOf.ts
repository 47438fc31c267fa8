import { Failure } from '../Failure.ts'
import { loadEnvironment, modeOf } from './loadEnvironment.ts'

/** Where the routes are in development. */
export const developmentBaseUrl = 'http://localhost:3000/api/authpipe'

/**
 * The public URL of the mounted routes without a slash at its end: the one given, else the environment's, else that of development.
 *
 * @throws {Failure} for one that no browser could go to
 */
export function baseUrlOf(given: string | undefined): string {
  const text = given ?? loadEnvironment(process.cwd(), modeOf(undefined)).AUTHPIPE_BASE_URL ?? developmentBaseUrl
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '')
  throw new Failure('The base URL must be a plain http or https URL such as https://app.example.com/api/authpipe.', given === undefined ? 1 : 2)
}
