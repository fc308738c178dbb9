/** What the environment says, as a container gets it. */
function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const PORT = Number(process.env.PORT ?? 0);
export const ACCOUNTS_URL = need('ACCOUNTS_URL');
export const REDIS_PORT = Number(need('REDIS_PORT'));
export const UPLOADS = need('UPLOADS');
export const ACCOUNTS_PATIENCE = 10_000; // ms that accounts may take to answer
