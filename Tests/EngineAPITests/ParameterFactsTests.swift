import Acts
import EngineAPI
import Testing

/// Every parameter that the Engine API describes, in the query, the path or a header, has a decision,
/// and every parameter that has one is described or has a reason.
@Suite struct ParameterFactsTests {
    /// Query parameters that the API's description does not have, with the reason.
    private static let undescribed: [String: String] = {
        let logs = "read by the engine for every kind of log"
        let build = "read by the engine's builder"
        let refused = "read by the engine; refused"
        let client = "sent by clients, and without effect"
        return [
            "ContainerList trunc_cmd": client, "ImageList only_ids": client,
            "ImageTag force": client, "ContainerAttach hijack": client,
            "ContainerAttachWebsocket hijack": client,
            "ImageList filter": "read before API 1.41 for what filters say since",
            "ContainerLogs details": logs, "ServiceLogs until": logs, "TaskLogs until": logs,
            "ContainerStart checkpoint": refused, "ContainerStart checkpoint-dir": refused,
            "ImageBuild session": refused, "ImageBuild credentialspec": refused,
            "ImageBuild buildid": build, "ImageBuild cgroupparent": build,
            "ImageBuild cpusetmems": build, "ImageBuild isolation": build,
            "ImageBuild securityopt": build, "ImageBuild ulimits": build,
        ]
    }()

    /// Parameters that are read as something else than the description says, with the reason.
    private static let readOtherwise: [String: String] = {
        let time = "engines take fractions and dates, too"
        let flag = "a boolean, says the description's text"
        return [
            "ContainerLogs since": time, "ContainerLogs until": time, "ServiceLogs since": time,
            "TaskLogs since": time, "PutContainerArchive noOverwriteDirNonDir": flag,
            "PutContainerArchive copyUIDGID": flag,
        ]
    }()

    /// What is decided about each header that the API describes.
    private enum Header: String, CaseIterable {
        /// Credentials for a registry; they go on where the engine connects to one, as base64 only.
        case registryAuth = "X-Registry-Auth"
        /// Those of all registries: the gateway takes what it needs for each, and none goes on.
        case registryConfig = "X-Registry-Config"
        /// Checked for JSON, written anew for everything.
        case contentType = "Content-type"

        func isDecided(for operation: Operation) -> Bool {
            switch self {
            case .registryAuth, .registryConfig: operation.harm.contains(.connectsOut)
            case .contentType:
                switch operation.body {
                case .stream(let type): type == "application/x-tar"
                case .json: true
                case .none: false
                }
            }
        }
    }

    @Test func everyParameterIsDecided() throws {
        var undescribed = Set<String>()
        var headers = Set<String>()
        var readOtherwise = Set<String>()
        for (key, fact) in try EngineAPIFacts.load().operations {
            let operation = try #require(
                Catalogue.operations.first { $0.name == fact.operation }, "\(key)")
            var described = Set<String>()
            var placeholders = 0
            for (place, parameter) in fact.parameters {
                let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
                let name = parts[1]
                switch parts[0] {
                case "query":
                    described.insert(name)
                    let known = operation.parameters.first { $0.name == name }
                    #expect(known != nil, "\(key) has no decision for \(name)")
                    if let known, !known.fits(parameter.type ?? "") {
                        readOtherwise.insert("\(operation.name) \(name)")
                    }
                case "path":
                    placeholders += 1
                    #expect(operation.subject != nil, "\(key) has no decision for \(name)")
                case "header":
                    headers.insert(name)
                    let header = Header(rawValue: name)
                    #expect(header?.isDecided(for: operation) == true, "\(key) has no decision for \(name)")
                // See BodyFactsTests.
                case "body": break
                default: Issue.record("\(key) has a parameter in \(place)")
                }
            }
            #expect(placeholders == (operation.subject == nil ? 0 : 1), "\(key)")
            for parameter in operation.parameters where !described.contains(parameter.name) {
                undescribed.insert("\(operation.name) \(parameter.name)")
            }
        }
        #expect(headers == Set(Header.allCases.map(\.rawValue)))
        #expect(undescribed.sorted() == Self.undescribed.keys.sorted())
        #expect(readOtherwise.sorted() == Self.readOtherwise.keys.sorted())
    }

    /// `Upgrade` and `Connection` stand in no list of parameters; which operations switch protocols
    /// stands here, so that no other can.
    @Test func onlyTheseSwitchProtocols() {
        var switching: [String: [String]] = [:]
        for operation in Catalogue.operations {
            switch operation.answer {
            case .value, .live: break
            case .hijack: switching["hijack", default: []].append(operation.name)
            case .webSocket: switching["WebSocket", default: []].append(operation.name)
            }
        }
        #expect(switching["hijack"]?.sorted() == ["ContainerAttach", "ContainerEnter", "ExecStart", "Session", "SessionWatch"])
        #expect(switching["WebSocket"] == ["ContainerAttachWebsocket"])
    }
}

extension Parameter {
    /// True when the parameter reads values of a type of the API's description.
    fileprivate func fits(_ type: String) -> Bool {
        switch type.prefix(while: { $0 != "(" }) {
        case "[string": repeats
        case "boolean": kind == .flag
        case "integer": kind == .integer
        case "string":
            switch kind {
            case .flag, .integer: false
            case .text, .choice, .name, .filters, .stringMap, .labels, .stringList, .limits,
                .processOptions:
                true
            }
        case "[string]": repeats
        default: false
        }
    }
}
