import type { ConnectionToImport } from '@authpipe/next'
import { authJsLayout } from './authJsLayout.ts'
import { betterAuthLayout } from './betterAuthLayout.ts'
import { jsonLayout } from './jsonLayout.ts'
import { nangoLayout } from './nangoLayout.ts'

/** What a row of the old place says, before it is known which tenant it is for. */
export interface FoundConnection extends Omit<ConnectionToImport, 'tenantId'> {
  readonly tenantId?: string
  readonly organizationId?: string
}

/** How an old place writes its connections. */
export interface Layout {
  /** What its table may be called; none where it has no table that can be read. */
  readonly tables: readonly string[]
  /** Whether a row names its tenant itself. */
  readonly namesTenant: boolean
  /**
   * @returns `undefined` for a row that holds no tokens and no key, such as one of a password
   * @throws {InvalidRow}
   */
  readonly read: (row: unknown) => FoundConnection | undefined
}

/** The places that connections can come from, by the names of `--from`. */
export const layouts = { nango: nangoLayout, authjs: authJsLayout, 'better-auth': betterAuthLayout, json: jsonLayout } as const satisfies Readonly<Record<string, Layout>>

export type LayoutName = keyof typeof layouts

export const layoutNames: readonly string[] = Object.keys(layouts)
