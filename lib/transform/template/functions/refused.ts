/** Functions of sprig and Go that key templates refuse, and why. */

const random = 'is random: the same object must always give the same key';
const environment = 'reads the environment of the process: a key is made from the object alone';
const network = 'asks the network: a key is made from the object alone';
const secret = 'makes keys, certificates or passwords, which have no place in a key of an object, and are random or slow';
const useless = 'is not offered: it has no use in a key';

export const refused: Readonly<Record<string, readonly string[]>> = {
  [random]: ['randAlphaNum', 'randAlpha', 'randAscii', 'randNumeric', 'randInt', 'randBytes', 'uuidv4', 'shuffle'],
  [environment]: ['env', 'expandenv'],
  [network]: ['getHostByName'],
  [secret]: [
    'bcrypt',
    'htpasswd',
    'genPrivateKey',
    'derivePassword',
    'buildCustomCert',
    'genCA',
    'genCAWithKey',
    'genSelfSignedCert',
    'genSelfSignedCertWithKey',
    'genSignedCert',
    'genSignedCertWithKey',
    'encryptAES',
    'decryptAES',
  ],
  [useless]: [
    'hello',
    'wrap',
    'wrapWith',
    'nindent',
    'println',
    'html',
    'js',
    'call',
    'typeOf',
    'typeIs',
    'typeIsLike',
    'kindOf',
    'kindIs',
    'deepCopy',
    'mustDeepCopy',
    'fromJson',
    'toJson',
    'toPrettyJson',
    'toRawJson',
    'mustFromJson',
    'mustToJson',
    'mustToPrettyJson',
    'mustToRawJson',
    'semver',
    'semverCompare',
    'urlParse',
    'urlJoin',
  ],
};

const reasons = new Map(Object.entries(refused).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)));

/** Why a function that sprig has cannot be used; undefined for one that it does not have. */
export function refusalOf(name: string): string | undefined {
  return reasons.get(name);
}
