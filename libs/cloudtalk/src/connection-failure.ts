/** Codes that occur only while a connection is being opened: Node's DNS and socket errors, undici's, OpenSSL's. */
const BEFORE_OPEN = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_REJECTED',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
]);

/** Codes that may occur at any time; only with the system call `connect` do they prove that nothing was open. */
const DURING_CONNECT = new Set(['ETIMEDOUT', 'ECONNRESET', 'ECONNABORTED', 'EPERM', 'EACCES', 'EINVAL']);

/** What Node and undici say, without a code, before anything has left. */
const BEFORE_OPEN_WORDS = /^(bad port|Client network socket disconnected before secure TLS connection)/;

/** Whether this failure of a fetch proves that no request left; false whenever that cannot be told. */
export function neverOpened(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(neverOpened);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && BEFORE_OPEN.has(code)) return true;
  if (code !== undefined && DURING_CONNECT.has(code) && syscall === 'connect') return true;
  if (BEFORE_OPEN_WORDS.test(error.message)) return true;
  return neverOpened(error.cause);
}

/** The innermost message, which names the real trouble (`fetch failed` does not). */
export function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return innermostMessage(error.errors[0]);
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}
