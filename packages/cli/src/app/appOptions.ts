import type { Command } from 'commander'

/** What {@link withAppOptions} reads. */
export interface AppOptions {
  readonly app: string
  readonly server?: string
  readonly production?: boolean
}

/** Adds the options by which a command is told the app. */
export function withAppOptions(command: Command): Command {
  return command
    .option('--app <directory>', 'the app, whose options and .env files count', '.')
    .option('--server <file>', 'the module that calls createAuthpipe (default: the one that the route imports)')
    .option('--production', 'reads .env.production instead of .env.development')
}
