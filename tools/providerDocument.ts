import type { ProviderDefinition } from '@authpipe/core'
import { catalog } from '@authpipe/core/providers'
import { describeWays, describeWork, isAppOfTenant, writeSnippets } from '../apps/demo/providerGuide.ts'

/** Writes what developers want to know of a built-in provider, as Markdown. */
export function providerDocument(definition: ProviderDefinition): string {
  const { id, name, category, description, website, docsUrl, auth, settings = [], setup, apiBaseUrl } = definition
  const scopes = auth.flatMap((way) => (way.kind === 'oauth2' ? way.scopes : []))
  const fields = auth.flatMap((way) => (way.kind === 'api_key' ? way.fields : []))
  const returns = auth.some(({ kind }) => kind !== 'api_key')
  const { register, connect, call } = writeSnippets(definition)
  const others = catalog.map((provider) => provider.definition).filter((other) => other.id !== id && other.category === category)

  return blocks(
    `<!-- Written by tools/writeProviderDocs.ts from packages/core/src/providers/${id}.ts: change that. -->`,
    `# ${name}`,
    `${description} See [${name}](${website}) and [its API](${docsUrl}), which starts at \`${apiBaseUrl}\`.`,
    describeWays(definition).map(({ title, text }) => `- **${title}.** ${text}`).join('\n'),
    '## Set up',
    setup.steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    returns && (isAppOfTenant(definition) ? tenantCallback(id) : `The callback URL is \`<base URL>/callback/${id}\`, in development \`http://localhost:3000/api/authpipe/callback/${id}\`.`),
    !isAppOfTenant(definition) && setup.callbackNote,
    code('ts', `// lib/providers.ts\n${register}`),
    '## Use it',
    code('tsx', `// app/integrations/Connect${componentName(name)}.tsx\n${component(name, connect)}`),
    code('ts', `// lib/call${componentName(name)}.ts\nimport { authpipe } from './authpipe'\n\n${call}`),
    (settings.length > 0 || fields.length > 0) && '## What a person fills in',
    (settings.length > 0 || fields.length > 0) &&
      table(
        ['field', 'id', 'secret', 'where it is found'],
        [
          ...settings.map(({ id: setting, label, prefix = '', suffix = '', onlyFor }) => [
            label,
            literal(setting),
            'no',
            [prefix || suffix ? `the first label of ${literal(`${prefix}…${suffix}`)}` : '', onlyFor ? `only for ${onlyFor.map((kind) => kindNames[kind]).join(' and ')}` : ''].filter(Boolean).join('; '),
          ]),
          ...fields.map(({ id: field, label, secret, description: where = '', helpUrl }) => [label, literal(field), secret ? 'yes' : 'no', helpUrl ? `${where} [More](${helpUrl})` : where]),
        ],
      ),
    scopes.length > 0 && '## Scopes',
    scopes.length > 0 &&
      (scopes.some(({ minimumRole }) => minimumRole)
        ? table(['scope', 'permits', 'least role'], scopes.map((scope) => [literal(scope.id), scope.description, scope.minimumRole ?? '']))
        : table(['scope', 'permits'], scopes.map((scope) => [literal(scope.id), scope.description]))),
    '## What Authpipe handles',
    describeWork(definition).map(({ title, text }) => `- **${title}.** ${text}`).join('\n'),
    others.length > 0 && `## More ${category} providers`,
    others.map((other) => `- [${other.name}](${other.id}.md): ${other.description}`).join('\n'),
  )
}

const tenantCallback = (id: string): string =>
  `Each tenant has a callback URL of its own: \`await authpipe.callbackUrl({ provider: '${id}', tenantId })\` gives it. \`${id}(({ tenantId }) => …)\` finds what the tenant gave you.`

const kindNames = { oauth2: 'the sign-in', api_key: 'keys', installation: 'installs' } as const

const componentName = (name: string): string => name.replaceAll(' ', '')

function component(name: string, buttons: string): string {
  const imported = ['ConnectButton', 'InstallButton'].filter((button) => buttons.includes(`<${button}\n`)).join(', ')
  const tree = imported.includes(',') ? `<>\n${indent(buttons, 2)}\n</>` : buttons
  return `'use client'\nimport { ${imported} } from '@authpipe/react'\n\nexport function Connect${componentName(name)}() {\n  return (\n${indent(tree, 4)}\n  )\n}\n`
}

const indent = (text: string, columns: number): string => text.replace(/^/gm, ' '.repeat(columns))

const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\`\`\``
const literal = (text: string): string => `\`${text}\``

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

const blocks = (...parts: readonly (string | false | undefined)[]): string => `${parts.filter(Boolean).join('\n\n')}\n`
