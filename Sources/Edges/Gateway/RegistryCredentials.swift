import Foundation
import JSON

/// What a client's build may tell registries (`X-Registry-Config`): an object of credentials by host,
/// in base64.
struct RegistryCredentials {
    private let byHost: JSONObject

    /// Reads a header's value; nil when it is none.
    init?(_ text: String) {
        // Clients use either alphabet.
        let plain = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        guard let data = Data(base64Encoded: String(plain)) else { return nil }
        do {
            guard case .object(let object) = try JSONReader.value(of: Array(data)) else {
                return nil
            }
            byHost = object
        } catch {
            return nil
        }
    }

    /// What `X-Registry-Auth` says for one registry and no other; nil when there is nothing.
    func header(for host: String) -> String? {
        let names =
            host == "docker.io"
            ? ["https://index.docker.io/v1/", "docker.io"]
            : [host, "https://" + host, "https://\(host)/v1/", "https://\(host)/v2/"]
        for name in names {
            guard let entry = byHost[name], entry.object != nil else { continue }
            return Data(JSONWriter.bytes(entry)).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_")
        }
        return nil
    }
}
