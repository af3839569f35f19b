package import Foundation
import SwiftASN1
import X509

/// What the server's own certificate says.
package enum ServerCertificate {
    /// The host names that clients may know the server by.
    ///
    /// - Parameter file: The certificate and its chain, PEM, the server's own first.
    /// - Returns: The dNSNames of its alternative names.
    /// - Throws: `IdentityError` naming the file.
    package static func names(in file: URL) throws -> [String] {
        do {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard let document = try PEMDocument.parseMultiple(pemString: text).first else {
                throw IdentityError("it is empty")
            }
            var names: [String] = []
            let certificate = try Certificate(pemDocument: document)
            if let alternatives = try certificate.extensions.subjectAlternativeNames {
                for case .dnsName(let name) in alternatives { names.append(name) }
            }
            return names
        } catch {
            throw IdentityError("\(file.path) holds no certificate: \(error)")
        }
    }
}
