import { createError } from '@authpipe/core'
import type { BaseUrl } from '../baseUrl.ts'

/**
 * Lets a change through only if a page of the own origin asked for it.
 *
 * Browsers say so in `Sec-Fetch-Site`; only where that is absent the `Origin` header decides, since a page with
 * `Referrer-Policy: no-referrer` posts its forms with `Origin: null`. A request with neither is refused.
 *
 * @throws {AuthpipeError} `origin_not_allowed`
 * @see https://www.w3.org/TR/fetch-metadata/ §2.3
 */
export function checkOrigin(baseUrl: BaseUrl, request: Request): void {
  const site = request.headers.get('sec-fetch-site')
  const isOwn = site === null ? request.headers.get('origin') === baseUrl.origin : site === 'same-origin'
  if (!isOwn) {
    throw createError('origin_not_allowed', `This must be asked for by a page of ${baseUrl.origin}. If that is not the app's public address, set AUTHPIPE_BASE_URL.`)
  }
}
