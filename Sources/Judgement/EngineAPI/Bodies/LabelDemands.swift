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
    /// The host of an address such as `https://index.docker.io/v1/`; nil for the default registry.
    static func host(_ address: String) -> String? {
        var rest = Substring(address)
        for scheme in ["https://", "http://"] where rest.utf8.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.count)
        }
        let host =
            rest.utf8.split(
                separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false
            ).first.map { String(Substring($0)) } ?? ""
        if ["", "docker.io", "index.docker.io"].contains(host) { return nil }
        // What an address may hold beside host, port and path (RFC 3986 §3.2) leads elsewhere than it
        // seems to: as a whole it is nobody's public name.
        let marks = Array("@?#\\%".utf8)
        return address.utf8.contains(where: marks.contains) ? address : host
    }
}
