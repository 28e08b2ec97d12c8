/// The files of a new suite that nothing but its name goes into.
enum NewSuiteText {
  static func script(length: String) -> String {
    #"""
    // A first load test: 30 users who each ask for one page a second. BASE_URL comes from grid.yml.
    import http from 'k6/http';
    import { check, sleep } from 'k6';

    export const options = {
      scenarios: {
        visit: { executor: 'constant-vus', vus: 30, duration: '\#(length)', gracefulStop: '10s' },
      },
    };

    export default function () {
      const response = http.get(__ENV.BASE_URL, { tags: { name: 'home' } });
      check(response, { 'status is 200': (r) => r.status === 200 });
      sleep(1);
    }

    """#
  }

  /// As GitHub reads it: the variables AWS_REGION, AWS_ROLE_ARN and COORDINATOR_IMAGE are the repository's.
  static func workflow(suite: String) -> String {
    #"""
    # The nightly load test: an AWS role by OIDC, tasks of Fargate, one verdict. It needs 'ecs:' and a bucket as 'store:' in
    # grid.yml, and the repository's variables AWS_REGION, AWS_ROLE_ARN and COORDINATOR_IMAGE; until then it is skipped.
    name: Nightly load test
    on:
      schedule:
        # An odd minute: GitHub delays and drops what is due at the full hour.
        - cron: "17 2 * * *"
      workflow_dispatch:

    permissions:
      # The trend page's branch.
      contents: write
      # The role in AWS.
      id-token: write
      # Who is told of a run: 'alert:' in grid.yml.
      issues: write
      pull-requests: write
      statuses: write

    # One target is loaded by one run; a later one waits.
    concurrency:
      group: nightly-\#(suite)
      cancel-in-progress: false

    jobs:
      load:
        if: ${{ vars.AWS_ROLE_ARN != '' }}
        runs-on: ubuntu-24.04
        timeout-minutes: 120
        env:
          AWS_REGION: ${{ vars.AWS_REGION }}
          AWS_ROLE_ARN: ${{ vars.AWS_ROLE_ARN }}
          COORDINATOR_IMAGE: ${{ vars.COORDINATOR_IMAGE }}
          # A branch for the trend page, as gh-pages.
          GRID_PAGES: ${{ vars.GRID_PAGES }}
        steps:
          - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
            with:
              persist-credentials: false
          - name: Fetch the coordinator
            run: |
              container=$(docker create "$COORDINATOR_IMAGE")
              mkdir -p "$RUNNER_TEMP/bin"
              docker cp "$container:/usr/local/bin/coordinator" "$RUNNER_TEMP/bin/coordinator"
              docker rm "$container" >/dev/null
              echo "$RUNNER_TEMP/bin" >>"$GITHUB_PATH"
          # exec: a cancelled job tells the step's first process, and only that one.
          - name: Run
            env:
              GITHUB_TOKEN: ${{ github.token }}
              PAGERDUTY_ROUTING_KEY: ${{ secrets.PAGERDUTY_ROUTING_KEY }}
            run: exec coordinator run --config grid.yml ${GRID_PAGES:+--pages "$GRID_PAGES"}
          # Of a run that is over this finds nothing; of one that was cancelled it records what there is.
          - name: Leave no task behind
            if: always()
            env:
              GITHUB_TOKEN: ${{ github.token }}
              PAGERDUTY_ROUTING_KEY: ${{ secrets.PAGERDUTY_ROUTING_KEY }}
            run: exec coordinator stop --config grid.yml
          # What made it fail, if anything of the set-up did.
          - name: Look at the set-up
            if: failure()
            env:
              GITHUB_TOKEN: ${{ github.token }}
              PAGERDUTY_ROUTING_KEY: ${{ secrets.PAGERDUTY_ROUTING_KEY }}
            run: exec coordinator doctor --config grid.yml ${GRID_PAGES:+--pages "$GRID_PAGES"}

    """#
  }
}
