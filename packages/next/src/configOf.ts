import type { Config } from './config.ts'

const configs = new WeakMap<object, Config>()

/** Keeps the options of an Authpipe with it, out of everybody's sight. */
export function rememberConfig(authpipe: object, config: Config): void {
  configs.set(authpipe, config)
}

/** The options that an Authpipe was made with; `undefined` for anything else, or one of another copy of this package. */
export function configOf(value: unknown): Config | undefined {
  return typeof value === 'object' && value !== null ? configs.get(value) : undefined
}
