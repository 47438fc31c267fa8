// @vitest-environment happy-dom
import { mockScenarioSuite } from './mockScenarios.tsx'

mockScenarioSuite()
