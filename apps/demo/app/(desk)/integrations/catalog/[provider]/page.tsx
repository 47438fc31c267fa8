import { catalog } from '@authpipe/next/providers'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { authpipe } from '../../../../../authpipe.ts'
import { plain } from '../../../../../plain.ts'
import { describeWays, describeWork, writeSnippets } from '../../../../../providerGuide.ts'
import { requirePerson } from '../../../../../signedIn.ts'
import { Connect } from './Connect.tsx'
import { ScopeList } from './ScopeList.tsx'
import { Snippet } from './Snippet.tsx'

interface Place {
  readonly params: Promise<{ readonly provider: string }>
}

const definitions = [...catalog, plain].map(({ definition }) => definition)

async function findDefinition({ params }: Place) {
  const { provider } = await params
  return definitions.find(({ id }) => id === provider) ?? notFound()
}

export async function generateMetadata(place: Place): Promise<Metadata> {
  const { name } = await findDefinition(place)
  return { title: name }
}

/** All there is to know of a provider, from its definition. */
export default async function ProviderPage(place: Place) {
  const definition = await findDefinition(place)
  const { id, name, category, description, website, docsUrl, auth, setup } = definition
  const { tenantId } = await requirePerson()
  const ways = describeWays(definition)
  const { register, connect, call } = writeSnippets(definition)
  const others = definitions.filter((other) => other.id !== id && other.category === category)
  const returns = auth.some(({ kind }) => kind !== 'api_key')
  return (
    <article className="provider">
      <header>
        <span className="tile" aria-hidden="true">
          {name.slice(0, 1)}
        </span>
        <div>
          <h1>{name}</h1>
          <p className="muted">
            {category} · {ways.map(({ title }) => title).join(' · ')}
          </p>
        </div>
        <Connect provider={id} kinds={auth.map(({ kind }) => kind)} />
      </header>
      <p>{description}</p>
      <p className="actions">
        <a href={website}>{name}’s site</a>
        <a href={docsUrl}>API documentation</a>
      </p>

      <h2>How it connects</h2>
      <ul className="points">
        {ways.map(({ title, text }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p className="muted">{text}</p>
          </li>
        ))}
      </ul>

      <h2>Connection flow</h2>
      <Snippet label="On the server" code={call} />
      <Snippet label="In the browser" code={connect} />

      <ScopeList definition={definition} />

      <h2>What Authpipe handles for {name}</h2>
      <ul className="points">
        {describeWork(definition).map(({ title, text }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p className="muted">{text}</p>
          </li>
        ))}
      </ul>

      <h2>Set up</h2>
      <ol>
        {setup.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {returns && <Snippet label="Callback URL" code={await authpipe.callbackUrl({ provider: id, tenantId })} />}
      {setup.callbackNote && <p className="muted">{setup.callbackNote}</p>}
      {id !== plain.definition.id && <Snippet label="Registration" code={register} />}

      {others.length > 0 && (
        <>
          <h2>More {category} providers</h2>
          <ul className="points">
            {others.map((other) => (
              <li key={other.id}>
                <h3>
                  <Link href={`/integrations/catalog/${other.id}`}>{other.name}</Link>
                </h3>
                <p className="muted">{other.description}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  )
}
