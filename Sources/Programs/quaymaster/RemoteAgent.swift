import AgentLink
import Engine
import Foundation
import Gateway
import Identity
import NIOCore
import PolicyFile

extension LinkCredentials {
    /// Reads the credentials of the side that a configuration is of.
    init(_ link: AgentPart.Link) throws {
        let files = Files(
            authority: link.authority, certificate: link.certificate, key: link.key)
        try self.init(files, other: link.side == .gateway ? .agent : .gateway, named: link.name)
    }

    /// Reads the gateway's, and makes sure that no client's certificate is one of the line's.
    fileprivate init(_ link: AgentPart.Link, apartFrom clients: Issuers) throws {
        try self.init(link)
        guard isApart(from: clients) else {
            throw CommandError(
                "\(link.authority.path) is an authority of clients too: "
                    + "their certificates must not open an agent",
                hint: "`quaymaster agent issue` makes one for agents alone", code: 2)
        }
    }
}

/// The gateway's way to an agent on another machine, as the configuration says.
struct RemoteAgent {
    private let link: AgentPart.Link
    private let dial: AgentDial
    /// What an operator should know of the certificate at the start; nil when it is nothing.
    let warning: String?

    /// Reads the credentials.
    ///
    /// - Parameters:
    ///   - link: What the configuration says.
    ///   - clients: The authorities of clients.
    /// - Throws: What is wrong with a file, by name.
    init(_ link: AgentPart.Link, clients: Issuers) throws {
        self.link = link
        guard case .tls(let host, let port) = try ListenAddress(link.at.text) else {
            throw CommandError("\(link.at.text) is no address of an agent", code: 2)
        }
        let credentials = try LinkCredentials(link, apartFrom: clients)
        warning = credentials.warning(at: Date())
        dial = AgentDial(host: host, port: port, credentials)
    }

    /// Reads the credentials anew; what is wrong leaves the old ones.
    ///
    /// - Returns: What an operator should know of them; nil when it is nothing.
    func reload(clients: Issuers) throws -> String? {
        let fresh = try LinkCredentials(link, apartFrom: clients)
        dial.replace(fresh)
        return fresh.warning(at: Date())
    }

    /// As pools know it.
    var door: EngineDoor {
        let dial = self.dial
        return EngineDoor(dial.description) { bootstrap, eventLoop, add in
            dial.connect(bootstrap, on: eventLoop, add).flatMapErrorThrowing { error in
                guard let failure = error as? LinkFailure else { throw error }
                throw EngineFailure(failure.description, status: 502)
            }
        }
    }
}
