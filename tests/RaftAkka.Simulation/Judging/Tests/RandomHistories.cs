namespace RaftAkka.Simulation.Judging.Tests;

/// <summary>Histories without any sense, on one key and few values: about as many legal as not.</summary>
internal sealed class RandomHistories(int seed, string?[] values)
{
    // Histories must not depend on the machine: a seeded Random is the same sequence everywhere.
    private readonly Random random = new(seed);

    public List<Operation> Next(int operations, int time)
    {
        var history = new List<Operation>();
        for (var process = 0; process < operations; process++) history.Add(NextOperation(process, time));
        return history;
    }

    private Operation NextOperation(int process, int time)
    {
        var call = random.Next(time);
        var @return = call + random.Next(time / 2);
        var operation = random.Next(8) switch
        {
            0 or 1 or 2 => Operation.Get(process, "k", AnyValue(), call, @return),
            3 => Operation.Append(process, "k", AnyText(), call, @return),
            4 => Operation.Delete(process, "k", call, @return),
            5 => Operation.Put(process, "k", AnyText(), call, @return),
            _ => Operation.Cas(process, "k", AnyValue(), AnyText(), random.Next(2) == 0, call, @return),
        };
        return random.Next(10) switch
        {
            0 => operation.Refused(),
            1 or 2 or 3 => operation.WithoutAnswer(),
            _ => operation,
        };
    }

    private string? AnyValue() => values[random.Next(values.Length)];

    private string AnyText() => AnyValue() ?? "a";
}
