using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Breaks;

/// <summary>Every tenth command of a session is applied again, as if the retry of it had not been recognized.</summary>
internal sealed class DoubleApply : Breakage
{
    public override IStateMachine Machine(IStateMachine machine) => new Forgetful(machine);

    private sealed class Forgetful(IStateMachine machine) : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            var result = machine.Apply(command);
            return command.Sequence.Value % 10 == 0 ? machine.Apply(command) : result;
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => machine.Query(query);

        public ISnapshotSource CaptureSnapshot() => machine.CaptureSnapshot();

        public void Restore(Stream snapshot) => machine.Restore(snapshot);
    }
}
