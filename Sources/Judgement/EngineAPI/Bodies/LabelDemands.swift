import Acts
import JSON

/// The labels that something would carry; which of them other programs obey is the policy's to know.
enum LabelDemands {
    /// Reads an object of labels.
    static func read(_ labels: JSONValue?, _ origin: String) -> [Demand] {
        (labels?.object?.members ?? []).filter { !StampedLabel.isReserved($0.name) }
            .map { Demand(.label($0.name), origin: origin) }
    }
}

/// The registry that credentials are for.
enum RegistryDemand {
    /// What an address such as `https://index.docker.io/v1/` has between its scheme and its path, a
    /// user's name included: an engine goes to what stands behind that. Nil for the default registry.
    static func host(_ address: String) -> String? {
        var rest = address.utf8[...]
        for scheme in ["https://", "http://"] where address.utf8.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.utf8.count)
        }
        let host = String(Substring(rest.prefix { $0 != UInt8(ascii: "/") }))
        if ["", "docker.io", "index.docker.io"].contains(host) { return nil }
        // What an address may hold beside host, port and path (RFC 3986 §3.2) leads elsewhere than it
        // seems to: as a whole it is nobody's public name.
        let marks = Array("@?#\\%".utf8)
        return address.utf8.contains(where: marks.contains) ? address : host
    }
}
