// A Next.js app as its files say, without anything installed.
import type { Files } from './tempFolder.ts'

const tsconfig = { compilerOptions: { module: 'esnext', moduleResolution: 'bundler', strict: true, paths: { '@/*': ['./*'] } } }

/** As `create-next-app` leaves it. @param more - files that come on top, or instead */
export function nextApp(more: Files = {}): Files {
  return {
    'package.json': packageJson(),
    'package-lock.json': '{}',
    'tsconfig.json': JSON.stringify(tsconfig),
    '.gitignore': '/node_modules\n.env*\n',
    'app/layout.tsx': 'export default function Layout({ children }) { return children }\n',
    ...more,
  }
}

export function packageJson(dependencies: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ name: 'app', version: '1.0.0', scripts: { dev: 'next dev' }, dependencies: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', ...dependencies } })
}
