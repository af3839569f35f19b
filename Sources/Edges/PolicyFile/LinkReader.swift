import Acts
import Foundation
import Yams

/// Reads from `agent:` how gateway and agent of two machines meet.
struct LinkReader {
    let record: [String: Node]
    let reader: YAMLReader
    let directory: URL

    /// What it reads.
    static let known = ["address", "name", "listen", "gateway", "authority", "certificate", "key"]

    /// What stands there; nil when it is nothing, or wrong and reported.
    func link() -> AgentPart.Link? {
        switch (record["address"], record["listen"]) {
        case (let address?, nil): return gatewaySide(address)
        case (nil, let listen?): return agentSide(listen)
        case (.some, let listen?):
            reader.report(
                "the agent is on another machine (address) and on this one (listen)", at: listen,
                hint: "address is for the gateway's machine, listen for the agent's")
            return nil
        case (nil, nil):
            for name in Self.known where record[name] != nil {
                reader.report(
                    "\(name) says something of an agent on another machine, and none is named",
                    at: record[name],
                    hint: "add address: \"tls://HOST:PORT\" for the gateway, listen for the agent")
            }
            return nil
        }
    }

    private func gatewaySide(_ node: Node) -> AgentPart.Link? {
        for name in ["socket", "peer", "execRoot", "helper", "gateway"] where record[name] != nil {
            reader.report(
                "\(name) is the agent's matter, which is on another machine", at: record[name],
                hint: "write it into the agent's own quaymaster.yaml")
        }
        guard let at = address(node, least: 1) else { return nil }
        // An address is no name; a certificate says who somebody is, and not where.
        let host = Self.host(at.text)
        guard record["name"] != nil || !Self.isNumeric(host) else {
            reader.report(
                "the agent's certificate has a name, and \(host) is none", at: node,
                hint: "add name: the one that `quaymaster agent issue` was given")
            return nil
        }
        return link(.gateway, at, record["name"], host, "name", at: node)
    }

    private func agentSide(_ node: Node) -> AgentPart.Link? {
        if record["name"] != nil {
            reader.report(
                "name is the gateway's matter", at: record["name"],
                hint: "the agent says by gateway: whom it lets in")
        }
        guard let at = address(node, least: 0) else { return nil }
        guard let gateway = record["gateway"] else {
            reader.report(
                "the agent does not say which gateway it lets in", at: node,
                hint: "add gateway: the name in the gateway's certificate, exactly")
            return nil
        }
        return link(.agent, at, gateway, "", "gateway", at: gateway)
    }

    private func link(
        _ side: AgentPart.Link.Side, _ at: ConfigurationFile.Located, _ node: Node?,
        _ usual: String, _ what: String, at place: Node
    ) -> AgentPart.Link? {
        let text = node.map { reader.text($0, what) ?? "" } ?? usual
        guard let name = CertificateName(machine: text) else {
            reader.report(
                "\"\(text)\" is no name of a machine", at: node ?? place,
                hint: "a host's name without wildcards, or \(CertificateName.Kind.spiffe.grammar)")
            return nil
        }
        func file(_ name: String, _ usual: String) -> URL {
            URL(
                fileURLWithPath: record[name].flatMap { reader.text($0, name) } ?? usual,
                relativeTo: directory
            ).absoluteURL
        }
        return AgentPart.Link(
            side: side, at: at, name: name, authority: file("authority", "agent/ca.pem"),
            certificate: file("certificate", "agent/cert.pem"), key: file("key", "agent/key.pem"))
    }

    /// Reads `tls://HOST:PORT`. There is no other way: nothing listens without TLS.
    private func address(_ node: Node, least: Int) -> ConfigurationFile.Located? {
        guard let text = reader.text(node, "an address") else { return nil }
        let port = text.lastIndex(of: ":").flatMap { Int(text[text.index(after: $0)...]) }
        let host = Self.host(text)
        let isName = host.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "/") }
        // An address of IPv6 stands in brackets, or its end would be taken for the port.
        let isIPv6 = Self.isNumeric(host) && text.contains("[\(host)]:")
        guard text.hasPrefix("tls://"), let port, least...65_535 ~= port, !host.isEmpty, isName,
            isIPv6 || !host.utf8.contains(UInt8(ascii: ":"))
        else {
            reader.report(
                "\"\(text)\" is no address of an agent", at: node,
                hint: "tls://HOST:PORT, for example tls://engine-1.example.com:2377; "
                    + "an agent speaks TLS or over its Unix socket")
            return nil
        }
        return ConfigurationFile.Located(text: text, line: node.mark?.line ?? 0)
    }

    /// The host of an address, without brackets.
    private static func host(_ text: String) -> String {
        let rest = text.dropFirst("tls://".count)
        return rest.lastIndex(of: ":").map { rest[..<$0].filter { $0 != "[" && $0 != "]" } } ?? ""
    }

    private static func isNumeric(_ host: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
