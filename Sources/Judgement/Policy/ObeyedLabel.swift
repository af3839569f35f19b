/// Labels that programs beside the engine obey: who sets them steers those programs.
package enum ObeyedLabel {
    /// Beginnings of names: proxies that route by labels, programs that restart, update, schedule,
    /// back up or watch by them, and Swarm's own.
    private static let prefixes = byFirstByte([
        "traefik.", "caddy", "com.centurylinklabs.", "com.docker.compose.", "com.docker.stack.",
        "com.docker.swarm.", "ofelia.", "chadburn.", "diun.", "wud.", "autoheal", "swarm.cronjob.",
        "io.portainer.", "docker-volume-backup.", "com.github.nginx-proxy.",
        "com.github.jrcs.letsencrypt_nginx_proxy_companion.", "sablier.", "kuma.", "homepage.",
        "dozzle", "dockflare.", "tsdproxy.", "shepherd.", "haproxy.", "easyhaproxy.", "nomad_",
        "org.testcontainers.", "prometheus.", "logspout.", "co.elastic.", "com.datadoghq.",
        "vector.", "fluentbit.", "watchtower.", "restic-", "borgmatic", "crowdsec.",
    ])

    /// Names that clients set on what they make and read back, within what they see of it.
    private static let clients = byFirstByte(["com.docker.compose.", "com.docker.stack."])

    private static func byFirstByte(_ prefixes: [String]) -> [UInt8: [String]] {
        Dictionary(grouping: prefixes) { $0.utf8.first ?? 0 }
    }

    /// True for labels that other programs obey, whatever their case.
    package static func isObeyed(_ name: String) -> Bool {
        begins(name.lowercased(), with: prefixes)
    }

    static func isOfClients(_ name: String) -> Bool {
        let name = name.lowercased()
        return !begins(name, with: prefixes) || begins(name, with: clients)
    }

    private static func begins(_ name: String, with prefixes: [UInt8: [String]]) -> Bool {
        let bytes = name.utf8Span.span
        guard let first = name.utf8.first, let prefixes = prefixes[first] else { return false }
        return prefixes.contains { begins(bytes, with: $0.utf8Span.span) }
    }

    private static func begins(_ bytes: Span<UInt8>, with prefix: Span<UInt8>) -> Bool {
        guard prefix.count <= bytes.count else { return false }
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }
}
