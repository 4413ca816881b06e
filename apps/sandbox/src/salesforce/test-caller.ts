/** An answer as it came. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; its text when it is no JSON. */
  readonly body: unknown;
}

/** Sends requests as a client would that has logged in. */
export class Caller {
  #token = '';

  constructor(private readonly url: string) {}

  async login(form: Readonly<Record<string, string>> = APP): Promise<Answered> {
    const body = new URLSearchParams({ ...form });
    const answered = await read(await fetch(`${this.url}/services/oauth2/token`, { method: 'POST', body }));
    const { access_token: token } = answered.body as { readonly access_token?: string };
    if (token !== undefined) this.#token = token;
    return answered;
  }

  async send(path: string, init: RequestInit = {}): Promise<Answered> {
    const headers = { authorization: `Bearer ${this.#token}`, ...(init.headers as Record<string, string> | undefined) };
    const address = path.startsWith('/services') ? path : `/services/data/v62.0${path}`;
    return read(await fetch(this.url + address, { redirect: 'manual', ...init, headers }));
  }

  async query(soql: string, all = false, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.send(`/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`, { headers: { ...headers } });
  }

  async update(records: readonly object[]): Promise<Answered> {
    const body = JSON.stringify({
      allOrNone: false,
      records: records.map((record) => ({ attributes: { type: 'Contact' }, ...record })),
    });
    return this.send('/composite/sobjects', { method: 'PATCH', body, headers: { 'content-type': 'application/json' } });
  }
}

/** The login of an app, as the stand-in takes it unless told otherwise. */
export const APP = {
  grant_type: 'client_credentials',
  client_id: 'sandbox-client',
  client_secret: 'sandbox-secret',
} as const;

async function read(response: Response): Promise<Answered> {
  const text = await response.text();
  const { headers, status } = response;
  try {
    return { status, headers, body: JSON.parse(text) };
  } catch {
    return { status, headers, body: text };
  }
}
