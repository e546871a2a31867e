namespace RaftAkka.Operations;

/// <summary>What was asked for is not done, because it makes no sense or would do harm; nothing was changed.</summary>
internal sealed class OperationRefusedException(string message) : Exception(message);
