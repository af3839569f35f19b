/// Where the gateway listens.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// TLS with client certificates.
    case tls(host: String, port: Int)
    /// A Unix socket that stands for one identity.
    case unix(UnixListener)

    /// `tls://127.0.0.1:2376`
    package var description: String {
        switch self {
        case .tls(let host, let port):
            host.contains(":") ? "tls://[\(host)]:\(port)" : "tls://\(host):\(port)"
        case .unix(let listener): "unix://\(listener.path)?identity=\(listener.identity)"
        }
    }
}

/// A Unix socket that stands for one identity.
package struct UnixListener: Hashable, Sendable {
    /// The socket's path; its directory is its own.
    package let path: String
    /// The identity.
    package let identity: String
    /// The socket's permissions.
    package let mode: UInt16
    /// The socket's owner and group; nil leaves the gateway's own.
    package let owner: UInt32?
    /// The socket's group.
    package let group: UInt32?

    /// Makes an address.
    package init(
        path: String, identity: String, mode: UInt16 = 0o660, owner: UInt32? = nil,
        group: UInt32? = nil
    ) {
        self.path = path
        self.identity = identity
        self.mode = mode
        self.owner = owner
        self.group = group
    }
}

/// Why the gateway cannot start or go on.
package struct GatewayError: Error, CustomStringConvertible, Sendable {
    /// What failed.
    package let description: String
    /// What to do about it.
    package let hint: String?

    /// Makes an error.
    package init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }
}

extension ListenAddress {
    /// Reads an address as it stands in `quaymaster.yaml`.
    ///
    /// - Parameter text: `tls://HOST:PORT`, or
    ///   `unix:///DIRECTORY/docker.sock?identity=NAME[&mode=0660][&owner=UID][&group=GID]`.
    /// - Throws: `GatewayError` that says what is accepted.
    package init(_ text: String) throws(GatewayError) {
        if text.hasPrefix("tls://") {
            self = try Self.tls(String(text.dropFirst("tls://".count)), text)
        } else if text.hasPrefix("unix:///") {
            self = .unix(try UnixListener(String(text.dropFirst("unix://".count)), text))
        } else {
            throw GatewayError(
                "\"\(text)\" is no address to listen on",
                hint: "tls://HOST:PORT, or unix:///DIRECTORY/docker.sock?identity=NAME")
        }
    }

    private static func tls(_ rest: String, _ text: String) throws(GatewayError) -> ListenAddress {
        guard let colon = rest.lastIndex(of: ":"),
            let port = Int(rest[rest.index(after: colon)...]),
            (0...65_535).contains(port)
        else {
            throw GatewayError("\"\(text)\" has no port", hint: "for example tls://127.0.0.1:2376")
        }
        let host = rest[..<colon].filter { $0 != "[" && $0 != "]" }
        return .tls(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }
}

extension UnixListener {
    fileprivate init(_ rest: String, _ text: String) throws(GatewayError) {
        let parts = rest.split(separator: "?", maxSplits: 1).map(String.init)
        var options: [String: String] = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let words = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard words.count == 2, ["identity", "mode", "owner", "group"].contains(words[0]),
                options.updateValue(words[1], forKey: words[0]) == nil
            else {
                throw GatewayError(
                    "\"\(text)\" has an option that is not known: \(pair)",
                    hint: "identity, mode, owner and group, each once")
            }
        }
        guard let identity = options["identity"] else {
            throw GatewayError(
                "\"\(text)\" does not say whose socket it is", hint: "add ?identity=NAME")
        }
        guard let mode = UInt16(options["mode"] ?? "0660", radix: 8), mode <= 0o777 else {
            throw GatewayError("\"\(text)\" has no octal mode", hint: "for example mode=0660")
        }
        func number(_ name: String) throws(GatewayError) -> UInt32? {
            guard let value = options[name] else { return nil }
            guard let number = UInt32(value) else {
                throw GatewayError("\"\(text)\": \(name) is the number of a user or group")
            }
            return number
        }
        self.init(
            path: parts[0], identity: identity, mode: mode, owner: try number("owner"),
            group: try number("group"))
    }
}
