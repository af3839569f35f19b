import Foundation
import Testing

extension Integration {
    /// What the gateway keeps in its state directory.
    @Suite(.serialized) struct StateTests {
        /// Asks the store from outside, as a second gateway would.
        private func ask(_ plane: Plane) throws -> Outcome {
            try run([
                "python3", "-c",
                "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM image_tag').fetchone()[0])",
                plane.folder.appendingPathComponent("state/store.sqlite").path,
            ])
        }

        @Test func theStoreIsTheGatewaysAlone() throws {
            try withPlane { plane in
                let locked = try ask(plane)
                #expect(locked.status != 0 && locked.errors.contains("locked"), "\(locked)")
                let second = try plane.quaymaster("serve")
                #expect(second.status == 3 && second.errors.contains("another quaymaster uses"), "\(second)")
                #expect(try plane.docker("alice", "version").status == 0)
                #expect(plane.stop().status == 0)
                let free = try ask(plane)
                #expect(free.output == "0\n", "\(free)")
                // Everything is in the one file.
                let log = plane.folder.appendingPathComponent("state/store.sqlite-wal").path
                #expect(!FileManager.default.fileExists(atPath: log))
                try plane.restart()
                #expect(try plane.docker("alice", "version").status == 0)
            }
        }

        @Test func aDamagedStoreIsNoEmptyOne() throws {
            try withPlane { plane in
                plane.stop()
                let file = plane.folder.appendingPathComponent("state/store.sqlite")
                let whole = try Data(contentsOf: file)
                for damaged in [Data(), Data(whole.dropFirst(64))] {
                    try damaged.write(to: file)
                    let outcome = try plane.quaymaster("serve")
                    #expect(outcome.status == 3 && outcome.errors.contains("store.sqlite is damaged"), "\(outcome)")
                    #expect(outcome.errors.contains("hint: restore it from a backup"), "\(outcome)")
                    #expect(try Data(contentsOf: file) == damaged)
                }
                try whole.write(to: file)
                try plane.restart()
                #expect(try plane.docker("alice", "version").status == 0)
            }
        }
    }
}
