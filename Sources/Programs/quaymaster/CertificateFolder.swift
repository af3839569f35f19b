import Foundation
import Identity

/// A folder of `ca.pem`, `cert.pem` and `key.pem`: what `DOCKER_CERT_PATH` expects, and the two sides of the
/// line between gateway and agent.
struct CertificateFolder {
    let folder: URL

    init(_ folder: URL) {
        self.folder = folder
    }

    /// - Throws: `CommandError` when one of the files exists.
    func refuseToOverwrite() throws {
        for file in ["ca.pem", "cert.pem", "key.pem"] {
            let path = folder.appendingPathComponent(file).path
            guard !FileManager.default.fileExists(atPath: path) else {
                throw CommandError(
                    "\(path) exists; nothing was changed", hint: "choose another --out", code: 1)
            }
        }
    }

    /// Writes a certificate, its key and its authority.
    ///
    /// - Throws: When something cannot be written.
    func write(_ pair: KeyPair, of authority: CertificateAuthority) throws {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        for (name, text, mode) in [
            ("ca.pem", try authority.pair.certificatePEM, 0o644),
            ("cert.pem", try pair.certificatePEM, 0o644), ("key.pem", pair.keyPEM, 0o600),
        ] {
            try DurableFile.create(
                folder.appendingPathComponent(name), text, mode: mode_t(mode))
        }
    }
}
