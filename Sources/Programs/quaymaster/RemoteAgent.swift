import AgentLink
import Engine
import Foundation
import Gateway
import NIOCore
import PolicyFile

/// The gateway's way to an agent on another machine, as the configuration says.
struct RemoteAgent {
    private let link: AgentPart.Link
    private let file: ConfigurationFile
    private let dial: AgentDial
    /// What an operator should know of the certificate at the start; nil when it is nothing.
    let warning: String?

    /// Reads the credentials.
    ///
    /// - Parameters:
    ///   - link: What the configuration says.
    ///   - file: Where that stands, with the authorities of clients.
    /// - Throws: What is wrong with a file, by name.
    init(_ link: AgentPart.Link, of file: ConfigurationFile) throws {
        self.link = link
        self.file = file
        guard case .tls(let host, let port) = try ListenAddress(link.at.text) else {
            throw CommandError("\(link.at.text) is no address of an agent", code: 2)
        }
        let credentials = try LinkCredentials(link, of: file)
        warning = credentials.warning(at: Date())
        dial = AgentDial(host: host, port: port, credentials)
    }

    /// Reads the credentials anew; what is wrong leaves the old ones.
    ///
    /// - Returns: What an operator should know of them; nil when it is nothing.
    func reload() throws -> String? {
        let fresh = try LinkCredentials(link, of: file)
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
