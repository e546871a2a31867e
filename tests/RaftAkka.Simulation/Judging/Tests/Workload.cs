namespace RaftAkka.Simulation.Judging.Tests;

/// <summary>
/// Plays clients against a perfect store: every operation takes effect at one instant between its call and
/// its return, so the history is linearizable by construction. Written values are unique.
/// </summary>
internal sealed class Workload(int seed)
{
    private readonly Random random = new(seed);
    private readonly Dictionary<string, string> store = [];
    private int lastValue;

    public int Clients { get; init; } = 16;

    public int Keys { get; init; } = 100;

    public double Unknown { get; init; }

    public double Failed { get; init; }

    /// <summary>Which operations, drawn evenly: name one more often to have more of it.</summary>
    public OperationKind[] Mix { get; init; } =
    [
        OperationKind.Get, OperationKind.Get, OperationKind.Get, OperationKind.Put, OperationKind.Put,
        OperationKind.Append, OperationKind.Cas, OperationKind.Cas, OperationKind.Delete,
    ];

    private readonly record struct Plan(
        int Process, string Key, OperationKind Kind, long Call, long Effect, long Return, Outcome Outcome);

    public List<Operation> Run(int operations)
    {
        var plans = new List<Plan>();
        var free = new long[Clients];
        for (var count = 0; count < operations; count++)
        {
            var plan = PlanNext(count % Clients, free[count % Clients]);
            free[count % Clients] = plan.Return + 1;
            plans.Add(plan);
        }
        // What never took effect must not touch the store, but its client recorded it all the same.
        return plans.OrderBy(plan => plan.Effect).Select(Play).OrderBy(operation => operation.Call).ToList();
    }

    private Plan PlanNext(int process, long free)
    {
        var call = free + random.Next(200);
        var effect = call + 1 + random.Next(1000);
        var @return = effect + 1 + random.Next(200);
        var luck = random.NextDouble();
        var outcome = luck < Unknown ? Outcome.Unknown
            : luck < Unknown + Failed ? Outcome.Failed
            : Outcome.Known;
        // A third of the unknown ones happens in time, a third long after, and a third never.
        if (outcome == Outcome.Unknown)
            effect = random.Next(3) switch
            {
                0 => effect,
                1 => effect + random.Next(20_000),
                _ => long.MaxValue,
            };
        if (outcome == Outcome.Failed) effect = long.MaxValue;

        var kind = Mix[random.Next(Mix.Length)];
        return new Plan(process, $"k{random.Next(Keys)}", kind, call, effect, @return, outcome);
    }

    private Operation Play(Plan plan)
    {
        var holds = store.GetValueOrDefault(plan.Key);
        var value = plan.Kind switch
        {
            OperationKind.Get => holds,
            OperationKind.Delete => null,
            _ => $"v{++lastValue}.",
        };
        var expect = plan.Kind != OperationKind.Cas ? null : random.Next(3) == 0 ? "other" : holds;
        var swapped = plan.Kind == OperationKind.Cas && expect == holds;
        if (plan.Effect != long.MaxValue) Apply(plan, value, swapped);

        var operation = new Operation(
            plan.Process, plan.Kind, plan.Key, value, expect, swapped, plan.Call, plan.Return);
        return plan.Outcome switch
        {
            Outcome.Unknown => operation.WithoutAnswer(),
            Outcome.Failed => operation.Refused(),
            _ => operation,
        };
    }

    private void Apply(Plan plan, string? value, bool swapped)
    {
        switch (plan.Kind)
        {
            case OperationKind.Put: store[plan.Key] = value!; break;
            case OperationKind.Append: store[plan.Key] = store.GetValueOrDefault(plan.Key) + value; break;
            case OperationKind.Delete: store.Remove(plan.Key); break;
            case OperationKind.Cas when swapped: store[plan.Key] = value!; break;
            default: break;   // A get, or a cas that found another value, leaves the store as it is.
        }
    }
}
