/** Stands for how an app knows who is signed in. */
export async function readSession(): Promise<{ readonly organizationId: string; readonly userId: string; readonly role: string } | null> {
  return null
}
