/** Scopes that are named in public (FS-NANGO, FS-EXT, FS-MCP); the whole list stands in the developer portal only. */
export const freshserviceScopes = [
  { id: 'freshservice.tickets.view', description: 'Read tickets' },
  { id: 'freshservice.tickets.create', description: 'Create tickets' },
  { id: 'freshservice.assets.view', description: 'Read assets' },
  { id: 'freshservice.assets.manage', description: 'Manage assets' },
  { id: 'freshservice.changes.edit', description: 'Edit changes' },
  { id: 'freshservice.problems.delete', description: 'Delete problems' },
  { id: 'freshservice.contracts.view', description: 'Read contracts' },
  { id: 'freshservice.departments.view', description: 'Read departments' },
] as const
