import Acts
import EngineAPI
import Testing

@Suite struct CatalogueTests {
    /// A path of the API's description with something plausible at its placeholder.
    private func example(_ path: String) -> String {
        path.replacing("{id}", with: "0123abcd").replacing("{name}", with: "web")
    }

    @Test func everyOperationOfTheAPIIsDecided() throws {
        let facts = try EngineAPIFacts.load()
        #expect(facts.operations.count == 108)
        var found = Set<String>()
        for (key, fact) in facts.operations {
            let words = key.split(separator: " ").map(String.init)
            let method = try #require(Operation.Method(rawValue: words[0]), "\(key)")
            let segments = example(words[1]).split(separator: "/")
            let match = try #require(Catalogue.find(method, segments), "\(key) is not there")
            #expect(match.operation.name == fact.operation, "\(key)")
            found.insert(match.operation.name)
        }
        // Nothing is there that the API does not have, under whatever name, but for our own.
        let own = Set(Catalogue.own.map(\.name))
        #expect(Set(Catalogue.operations.map(\.name)) == found.union(own))
        #expect(Catalogue.operations.count == facts.operations.count + own.count)
        for operation in Catalogue.own {
            #expect(operation.path.first == .literal("quaymaster"), "\(operation.name)")
        }
    }

    @Test func everyOperationIsClassified() {
        for operation in Catalogue.operations {
            let open = ["SystemPing", "SystemPingHead", "SystemVersion", "Session"]
            #expect(operation.verbs.isEmpty == open.contains(operation.name), "\(operation.name)")
            switch operation.method {
            case .get, .head: break
            case .post, .put, .delete:
                // What changes nothing is named here, so that a new operation must be thought of.
                let harmless = [
                    "ContainerResize", "ContainerWait", "ExecResize", "SystemAuth",
                ]
                let changes = operation.harm.contains(.changes)
                #expect(changes != harmless.contains(operation.name), "\(operation.name)")
            }
        }
    }

    @Test func observersVerbsOnlyRead() {
        let reading: [Verb] = [.view, .logs]
        for operation in Catalogue.operations where operation.verbs.contains(where: reading.contains) {
            #expect(!operation.harm.contains(.changes), "\(operation.name)")
            #expect(!operation.harm.contains(.executes), "\(operation.name)")
            #expect(!operation.harm.contains(.connectsOut), "\(operation.name)")
            #expect(operation.method == .get || operation.method == .head, "\(operation.name)")
        }
    }
}
