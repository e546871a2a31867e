namespace RaftAkka.Protocol;

public sealed partial class SessionTable
{
    private sealed class Session(SessionId id, object owner)
    {
        private Dictionary<long, ReadOnlyMemory<byte>> _results = [];

        public SessionId Id { get; } = id;

        public SequenceNumber Acknowledged { get; private set; }

        /// <summary>The results that wait for their acknowledgement, in no order.</summary>
        public Dictionary<long, ReadOnlyMemory<byte>> Results => _results;

        /// <summary>How many bytes these results have.</summary>
        public long ResultBytes { get; private set; }

        /// <summary>This session if it may be changed for an owner, or else a copy that may.</summary>
        public Session OwnedBy(object other) => ReferenceEquals(owner, other)
            ? this
            : new Session(Id, other)
            {
                Acknowledged = Acknowledged,
                ResultBytes = ResultBytes,
                _results = new Dictionary<long, ReadOnlyMemory<byte>>(_results),
            };

        public static Session Restored(
            SessionId id, object owner, SequenceNumber acknowledged, Dictionary<long, ReadOnlyMemory<byte>> results) =>
            new(id, owner)
            {
                Acknowledged = acknowledged,
                ResultBytes = results.Values.Sum(result => (long)result.Length),
                _results = results,
            };

        public void Acknowledge(SequenceNumber through)
        {
            if (through <= Acknowledged) return;

            // Usually a few numbers; but a client may skip as many as it likes, and that must cost no more.
            if (through.Value - Acknowledged.Value <= _results.Count)
                for (var n = Acknowledged.Value; n < through.Value;) Forget(++n);   // Ends at the highest number, too.
            else
                foreach (var n in _results.Keys.Where(n => n <= through.Value).ToArray()) Forget(n);
            Acknowledged = through;
        }

        public CommandResult Execute(LogIndex index, Command command, IStateMachine machine)
        {
            var sequence = command.Sequence;
            if (_results.TryGetValue(sequence.Value, out var known))
                return new CommandResult(sequence, CommandStatus.Done, known);
            if (sequence <= Acknowledged)
                return new CommandResult(sequence, CommandStatus.AlreadyAcknowledged, default);
            if (_results.Count >= ResultsMax || ResultBytes >= ResultBytesMax)
                return new CommandResult(sequence, CommandStatus.TooManyUnacknowledged, default);

            var result = machine.Apply(new CommittedCommand(index, Id, sequence, command.Body));
            _results.Add(sequence.Value, result);
            ResultBytes += result.Length;
            return new CommandResult(sequence, CommandStatus.Done, result);
        }

        private void Forget(long sequence)
        {
            if (_results.Remove(sequence, out var result)) ResultBytes -= result.Length;
        }
    }
}
