// The files of an app that Authpipe needs, as a person would write them.
import type { ProviderDefinition } from '@authpipe/core'
import { importSpecifier, sourcePath, type NextApp } from '../app/findNextApp.ts'
import { clientVariables, exportName, needsClient } from '../providers/needs.ts'
import { sandboxUse } from '../providers/sandboxUse.ts'
import { writeIdentify } from './identifyCode.ts'
import type { InitChoices } from './InitChoices.ts'

export interface SourceFile {
  /** Below the app's directory. */
  readonly path: string
  readonly text: string
}

/** Where the sandbox listens unless it is told otherwise. */
const sandboxUrl = 'http://127.0.0.1:4010'

const serverPath = (app: NextApp): string => sourcePath(app, 'lib/authpipe')
const extension = ({ isTypeScript }: NextApp, isPage = false): string => (isTypeScript ? (isPage ? '.tsx' : '.ts') : isPage ? '.jsx' : '.js')

/** The one module that makes the server side. */
export function serverFile(app: NextApp, choices: InitChoices): SourceFile & { readonly remark?: string } {
  const path = serverPath(app)
  const identify = writeIdentify(app, choices.auth, path)
  const uses = choices.sandbox ? choices.providers.flatMap((definition) => sandboxUse(definition)) : []
  const registrations = choices.providers.map((definition) => uses.find(({ id }) => id === definition.id)?.register('sandbox') ?? registration(definition))
  const sandboxNames = ['sandboxClient', 'sandboxEndpoints'].filter((name) => registrations.some((code) => code.includes(`${name}(`)))
  const lines = [
    `import { createAuthpipe } from '@authpipe/next'`,
    `import { ${choices.providers.map(exportName).join(', ')} } from '@authpipe/next/providers'`,
    ...(uses.length > 0 ? [`import { ${sandboxNames.join(', ')} } from '@authpipe/sandbox'`] : []),
    ...identify.imports,
    '',
    ...(uses.length > 0 ? [`// Started by \`npx authpipe sandbox\`. To go to the real providers, run \`npx authpipe init\` without --sandbox.`, `const sandbox = '${sandboxUrl}'`, ''] : []),
    'export const authpipe = createAuthpipe({',
    '  providers: [',
    ...registrations.map((code) => `    ${code},`),
    '  ],',
    identify.option,
    ...(uses.length > 0 ? ['  allowInsecureLoopback: true,'] : []),
    '})',
  ]
  return { path: path + extension(app), text: `${lines.join('\n')}\n`, ...(identify.remark === undefined ? {} : { remark: identify.remark }) }
}

function registration(definition: ProviderDefinition): string {
  if (!needsClient(definition)) return `${exportName(definition)}()`
  const [clientId, clientSecret] = clientVariables(definition)
  return `${exportName(definition)}({ clientId: process.env.${clientId}, clientSecret: process.env.${clientSecret} })`
}

/** The catch-all route that answers below `/api/authpipe`. */
export function routeFile(app: NextApp): SourceFile {
  const path = sourcePath(app, 'app/api/authpipe/[...authpipe]/route')
  return {
    path: path + extension(app),
    text: `import { authpipe } from '${importSpecifier(app, path, serverPath(app))}'\n\nexport const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers\n`,
  }
}

/** Starts maintenance with the server. */
export function instrumentationFile(app: NextApp): SourceFile {
  const path = sourcePath(app, 'instrumentation')
  return {
    path: path + extension(app),
    text: `export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { authpipe } = await import('${importSpecifier(app, path, serverPath(app))}')
  await authpipe.start()
}
`,
  }
}

/** A page with a button for each provider. */
export function pageFile(app: NextApp, { providers }: InitChoices): SourceFile {
  return {
    path: sourcePath(app, 'app/integrations/page') + extension(app, true),
    text: `import { ConnectButton } from '@authpipe/react'
import '@authpipe/react/styles.css'

export default function IntegrationsPage() {
  return (
    <main>
      <h1>Integrations</h1>
${providers.map(({ id }) => `      <ConnectButton provider="${id}" />`).join('\n')}
    </main>
  )
}
`,
  }
}
