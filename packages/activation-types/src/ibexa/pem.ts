import { z } from "zod";

const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** DER begins every certificate with a SEQUENCE. */
function isCertificate(base64: string): boolean {
  const text = base64.replace(/\s+/g, "");
  if (text.length < 100 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  return atob(text).charCodeAt(0) === 0x30;
}

/** One or more certificates as text: `-----BEGIN CERTIFICATE-----` … `-----END CERTIFICATE-----`. */
export const certificates = z
  .string()
  .max(200_000)
  .refine(
    (text) => !/PRIVATE KEY/.test(text),
    "holds a private key; only the authority's certificate belongs here",
  )
  .refine((text) => {
    const blocks = [...text.matchAll(BLOCK)];
    const rest = text.replace(BLOCK, "");
    return (
      blocks.length > 0 && !rest.includes("-----") && blocks.every(([, base64 = ""]) => isCertificate(base64))
    );
  }, "is not a certificate in PEM form: `-----BEGIN CERTIFICATE-----`, base64, `-----END CERTIFICATE-----`");
