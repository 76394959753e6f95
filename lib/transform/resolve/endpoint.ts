/** How to reach the server that a source or a sink names. */
import { X509Certificate } from 'node:crypto';
import type { Endpoint } from '../../events/types.ts';
import type { Findings } from '../../finding.ts';
import type { Merged } from './merge.ts';

export const defaultRegion = 'us-east-1';

/** Every part that can be used, and a finding for each that cannot. */
export function resolveEndpoint(
  { fields, pathOf, tellMissing }: Merged,
  allowed: readonly string[],
  findings: Findings,
): Endpoint {
  const tls = fields.insecureNoTLS !== true;
  const { endpoint: written, endpointCA: ca, credentialsSecret, insecureSkipVerify } = fields;
  let address = '';
  if (written === undefined) tellMissing('endpoint');
  else {
    const read = readAddress(written, tls);
    if ('fault' in read) findings.error('endpoint-invalid', pathOf('endpoint'), read.fault);
    else address = read.address;
    if (address !== '' && allowed.length > 0 && !allowed.includes(address) && !allowed.includes(written)) {
      findings.error(
        'endpoint-refused',
        pathOf('endpoint'),
        `this installation allows ${allowed.join(', ')} only (ALLOWED_ENDPOINTS); found \`${written}\``,
      );
    }
  }
  if (ca !== undefined) {
    const fault = certificateFault(ca);
    if (fault !== undefined) findings.error('ca-invalid', pathOf('endpointCA'), fault);
    else if (!tls) findings.warning('no-effect', pathOf('endpointCA'), 'endpointCA has no effect with insecureNoTLS');
    else if (insecureSkipVerify)
      findings.warning('no-effect', pathOf('endpointCA'), 'endpointCA has no effect with insecureSkipVerify');
  }
  if (credentialsSecret?.name === undefined) tellMissing('credentialsSecret');
  return {
    address,
    tls,
    ...(ca !== undefined && { ca: ca.replace(/\s+/g, '') }),
    ...(insecureSkipVerify && { skipVerify: true }),
    region: fields.region ?? defaultRegion,
    credentialsSecret: credentialsSecret?.name ?? '',
  };
}

const hostName = /^(?=.{1,253}$)[a-z0-9_](?:[-a-z0-9_]*[a-z0-9])?(?:\.[a-z0-9_](?:[-a-z0-9_]*[a-z0-9])?)*\.?$/i;
const ip6 = /^\[[0-9a-f:.]+\]$/i;
const hostAndPort = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/;

/** The address with its port, in lower case: one server, one spelling. */
export function readAddress(written: string, tls: boolean): { address: string } | { fault: string } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)/i.exec(written);
  if (scheme) {
    const plain = scheme[1]?.toLowerCase() === 'http' && tls ? ' and `insecureNoTLS: true`' : '';
    return { fault: `an endpoint has no scheme: write \`${scheme[2]}\`${plain}; found \`${written}\`` };
  }
  if (/[/?#@]/.test(written)) return { fault: `an endpoint is host:port, without path or user; found \`${written}\`` };
  const [, host = '', port] = hostAndPort.exec(written) ?? [];
  if (!hostName.test(host) && !ip6.test(host)) return { fault: `\`${written}\` is not host:port` };
  if (port === undefined) return { address: `${host.toLowerCase()}:${tls ? 443 : 80}` };
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    return { fault: `a port is a number from 1 to 65535; found \`${port}\` in \`${written}\`` };
  }
  return { address: `${host.toLowerCase()}:${Number(port)}` };
}

const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function certificateFault(encoded: string): string | undefined {
  const compact = encoded.replace(/\s+/g, '');
  if (compact.startsWith('-----BEGIN'))
    return 'endpointCA is PEM encoded as base64 once more (base64 -w0 ca.pem); found PEM as it is';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return 'endpointCA is not base64';
  const certificates = Buffer.from(compact, 'base64').toString('latin1').match(pem) ?? [];
  if (certificates.length === 0) return 'endpointCA holds no certificate: it is a PEM chain, encoded as base64';
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      return `certificate ${index + 1} of endpointCA cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}
