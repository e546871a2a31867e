namespace RaftAkka.Protocol;

public sealed partial class SessionTable
{
    private sealed class Session(SessionId id, object owner, SequenceNumber acknowledged, PendingResults results)
    {
        public SessionId Id { get; } = id;

        public SequenceNumber Acknowledged { get; private set; } = acknowledged;

        /// <summary>The results that wait for their acknowledgement.</summary>
        public PendingResults Results { get; } = results;

        /// <summary>This session if it may be changed for an owner, or else a copy that may.</summary>
        public Session OwnedBy(object other) => ReferenceEquals(owner, other)
            ? this
            : new Session(Id, other, Acknowledged, new PendingResults(Results));

        public void Acknowledge(SequenceNumber through)
        {
            if (through <= Acknowledged) return;

            Results.ForgetThrough(through.Value);
            Acknowledged = through;
        }

        public CommandResult Execute(LogIndex index, Command command, IStateMachine machine)
        {
            var sequence = command.Sequence;
            if (Results.Find(sequence.Value, out var at))
                return new CommandResult(sequence, CommandStatus.Done, Results[at].Result);
            if (sequence <= Acknowledged)
                return new CommandResult(sequence, CommandStatus.AlreadyAcknowledged, default);
            if (Results.Count >= ResultsMax || Results.Bytes >= ResultBytesMax)
                return new CommandResult(sequence, CommandStatus.TooManyUnacknowledged, default);

            var result = machine.Apply(new CommittedCommand(index, Id, sequence, command.Body));
            Results.Insert(at, sequence.Value, result);
            return new CommandResult(sequence, CommandStatus.Done, result);
        }
    }
}
