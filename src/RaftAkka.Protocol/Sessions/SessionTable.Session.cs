namespace RaftAkka.Protocol;

public sealed partial class SessionTable
{
    private sealed class Session(
        SessionId id, SessionOwner owner, object writer, SequenceNumber acknowledged, PendingResults results)
    {
        public SessionId Id { get; } = id;

        public SessionOwner Owner { get; } = owner;

        public SequenceNumber Acknowledged { get; private set; } = acknowledged;

        /// <summary>The results that wait for their acknowledgement.</summary>
        public PendingResults Results { get; } = results;

        /// <summary>This session if a writer may change it, or else a copy that it may change.</summary>
        public Session WritableBy(object other) => ReferenceEquals(writer, other)
            ? this
            : new Session(Id, Owner, other, Acknowledged, new PendingResults(Results));

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
