package import Acts
package import Foundation
import Yams

/// `agent:` in `quaymaster.yaml`: where the host's root part and the gateway meet.
package struct AgentPart: Hashable, Sendable {
    /// True for `agent: none`: the engine's host has no agent, and its execs run lines.
    package let isAbsent: Bool
    /// The Unix socket's path.
    package let socket: String
    /// The user the gateway runs as; nil when that is root.
    package let peer: UInt32?
    /// The engine's exec root when it is not the usual one (`dockerd --exec-root`).
    package let execRoot: String?
    /// The helper that enters; nil: beside the program.
    package let helper: String?
    /// Gateway and agent on two machines; nil when the Unix socket is all.
    package let link: Link?

    /// How gateway and agent of two machines meet.
    package struct Link: Hashable, Sendable {
        /// Which side the file is of.
        package enum Side: Hashable, Sendable {
            /// The gateway's: it connects to `at`.
            case gateway
            /// The agent's: it listens on `at`.
            case agent
        }
        /// Which side the file is of.
        package let side: Side
        /// `tls://HOST:PORT`
        package let at: ConfigurationFile.Located
        /// The name that the other side's certificate must have: a host's, or a SPIFFE id.
        package let name: CertificateName
        /// The authority of the line.
        package let authority: URL
        /// The side's own certificate.
        package let certificate: URL
        /// Its key.
        package let key: URL
    }

    /// The socket's usual path.
    package static let usualSocket = "/run/quaymaster-agent/agent.sock"

    init(_ node: Node?, _ reader: YAMLReader, directory: URL) {
        isAbsent = node?.string == "none"
        let record = reader.record(
            isAbsent ? nil : node, "agent",
            known: ["socket", "peer", "execRoot", "helper"] + LinkReader.known)
        func path(_ name: String) -> String? {
            record[name].flatMap { reader.text($0, name) }.map {
                URL(fileURLWithPath: $0, relativeTo: directory).absoluteURL.path
            }
        }
        socket = path("socket") ?? Self.usualSocket
        execRoot = path("execRoot")
        helper = path("helper")
        let number = record["peer"].flatMap { reader.text($0, "peer") }
        peer = number.flatMap { UInt32($0) }
        link = LinkReader(record: record, reader: reader, directory: directory).link()
        if number != nil, peer == nil {
            reader.report(
                "peer is no user's number", at: record["peer"],
                hint: "the number of the user that the gateway runs as: id -u quaymaster")
        }
    }
}
