"""Leaves pages unwritten for those who ask for the answer only: what a door answers is settled before."""

ONLY_THE_ANSWER = "HTTP_X_ONLY_THE_ANSWER"


class Unrendered:
    """Innermost middleware: what a view has decided goes out without its page where the request asks for that."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        if ONLY_THE_ANSWER in request.META:
            response.content = b""
        return response
