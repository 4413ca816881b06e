/** Whether a secret may be sent to a URL: encrypted, or on this machine. */
export function isSafeUrl({ hostname, protocol }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
