package import Acts

/// The names that tenants' objects have on a shared engine.
///
/// A tenant's name of an object and the engine's stand beside each other in our store. A new engine name
/// is valid for its kind, and ends in the tenant's own name for people; what makes it unique are 16 random
/// digits, by which it is known again wherever it stands in an answer.
package enum EngineName {
    /// How many hexadecimal digits make a name unique.
    package static let digits = 16
    /// What stands before them.
    static let sign = "qm"

    /// Makes a name: `ci-qm0123456789abcdef-web`.
    ///
    /// - Parameters:
    ///   - kind: The kind of object.
    ///   - tenant: Whose it is.
    ///   - name: What the tenant calls it.
    ///   - mark: 16 hexadecimal digits that no other name has.
    /// - Returns: The name; without the tenant's where that is too long, and with no more than the end
    ///   of the tenant's own name where that is.
    package static func make(
        _ kind: ObjectKind, tenant: String, name: String, mark: String
    ) -> String {
        let long = "\(tenant)-\(sign)\(mark)-\(name)"
        let most = longest(kind)
        if long.utf8.count <= most { return long }
        let short = "\(sign)\(mark)-"
        return short + String(decoding: name.utf8.suffix(most - short.utf8.count), as: UTF8.self)
    }

    /// The digits that make a name unique; nil for a name of nobody's making.
    package static func mark(in name: String) -> String? {
        let bytes = Array(name.utf8)
        return Retelling.nextSign(in: bytes, from: 0).map {
            String(decoding: bytes[($0 + sign.utf8.count)...].prefix(digits), as: UTF8.self)
        }
    }

    /// The most bytes of a name (swarmkit: `manager/controlapi/common.go`, `secret.go`).
    private static func longest(_ kind: ObjectKind) -> Int {
        switch kind {
        case .service: 63
        case .secret, .config: 64
        case .container, .network, .volume, .exec, .image, .task, .node, .plugin, .engine: 255
        }
    }
}
